/**
 * A one-time link: an invitation asks for a name and a password, a sign-in link has signed in already.
 *
 * The token stands behind `#`, where no server log sees it, and leaves the address at once.
 */
import { Button, Loader, PasswordInput, Stack, TextInput } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useDevice } from "../../console.tsx";
import { queries, useAct, useRead, type Reply } from "../../data/api.ts";
import { SIGN_IN } from "../../locales/sign-in.ts";
import { LOCALE_NAMES, useWords } from "../../locales/words.ts";
import { Outside, useAnotherLink } from "../../parts/outside.tsx";
import { ErrorText } from "../../parts/page.tsx";
import type { Contact } from "../../parts/whom-to-ask.tsx";

export default function LinkPage() {
  const t = useWords(SIGN_IN);
  const navigate = useNavigate();
  const device = useDevice();
  const open = useAct("openLink");
  const support = useRead("signInMethods").data?.support;
  const token = useRef("");
  const { mutate } = open;
  useAnotherLink();
  useEffect(() => {
    if (token.current !== "") return;
    token.current = decodeURIComponent(location.hash.slice(1));
    history.replaceState(history.state, "", location.pathname);
    mutate(
      { body: { token: token.current } },
      {
        onSuccess(found) {
          if (found.locale in LOCALE_NAMES) device.setLocale(found.locale);
          if (found.kind === "invitation") return;
          queries.clear();
          void navigate({ to: "/" });
        },
      },
    );
  }, [mutate, navigate, device]);

  if (open.isError)
    return (
      <Outside title={t("spent")} sentence={t("spentWhat")} support={support}>
        <div role="alert" style={{ marginTop: 12 }}>
          <ErrorText error={open.error} />
        </div>
        <Link to="/sign-in">{t("toSignIn")}</Link>
      </Outside>
    );
  if (open.data?.kind === "invitation")
    return <Invitation found={open.data} token={token.current} support={support} />;
  return (
    <Outside title={t("opening")} support={support}>
      <Loader size="sm" mt="md" aria-hidden />
    </Outside>
  );
}

function Invitation({
  found,
  token,
  support,
}: {
  found: Reply<"openLink">;
  token: string;
  support: Contact | null | undefined;
}) {
  const t = useWords(SIGN_IN);
  const navigate = useNavigate();
  const device = useDevice();
  const accept = useAct("acceptInvitation");
  const [name, setName] = useState(found.name);
  const [password, setPassword] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    accept.mutate(
      { body: { token, password, name, locale: device.locale as "de-DE" } },
      {
        onSuccess(me) {
          queries.clear();
          queries.setQueryData(["getMe", {}], me);
          void navigate({ to: "/" });
        },
      },
    );
  }

  return (
    <Outside
      title={t("welcome", { name: found.name })}
      sentence={t("welcomeWhat", { email: found.email })}
      support={support}
    >
      <form onSubmit={submit}>
        <input type="hidden" name="username" autoComplete="username" value={found.email} readOnly />
        <Stack gap="sm" mt="md">
          <TextInput
            label={t("name")}
            description={t("nameWhat")}
            autoComplete="name"
            required
            withAsterisk={false}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("newPassword")}
            description={t("newPasswordWhat")}
            autoComplete="new-password"
            required
            withAsterisk={false}
            minLength={12}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {accept.isError ? (
            <div role="alert">
              <ErrorText error={accept.error} />
            </div>
          ) : null}
          <Button type="submit" loading={accept.isPending} fullWidth>
            {t("accept")}
          </Button>
        </Stack>
      </form>
    </Outside>
  );
}
