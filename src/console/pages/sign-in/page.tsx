/**
 * Signing in, with a password or through the company's provider.
 *
 * Password managers and passkeys of the browser may help; there is no puzzle. Afterwards the address opens that was asked
 * for. Where nobody has an account yet, the page says what to type.
 */
import { Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { queries, useAct, useRead } from "../../data/api.ts";
import { SIGN_IN } from "../../locales/sign-in.ts";
import { useWords } from "../../locales/words.ts";
import { Outside } from "../../parts/outside.tsx";
import { ErrorText } from "../../parts/page.tsx";

export default function SignInPage() {
  const t = useWords(SIGN_IN);
  const methods = useRead("signInMethods");
  const wanted = useWanted();
  const navigate = useNavigate();
  const signIn = useAct("signIn");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    signIn.mutate(
      { body: { email, password } },
      {
        onSuccess(me) {
          queries.clear();
          queries.setQueryData(["getMe", {}], me);
          void navigate({ href: wanted });
        },
        onError: () => setPassword(""),
      },
    );
  }

  return (
    <Outside title={t("title")} sentence={t("sentence")} support={methods.data?.support}>
      {methods.data?.anybody === false ? (
        <>
          <h2 style={{ fontSize: 14, margin: "16px 0 4px" }}>{t("nobody")}</h2>
          <p style={{ marginTop: 0 }}>{t("nobodyWhat")}</p>
          <pre className="mono" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            npx pilotage user link you@example.com
          </pre>
        </>
      ) : null}
      {methods.data?.password === false ? null : (
        <form onSubmit={submit}>
          <Stack gap="sm" mt="md">
            <TextInput
              label={t("email")}
              type="email"
              name="email"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <PasswordInput
              label={t("password")}
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {signIn.isError ? (
              <div role="alert">
                <ErrorText error={signIn.error} />
              </div>
            ) : null}
            <Button type="submit" loading={signIn.isPending} fullWidth>
              {t("submit")}
            </Button>
          </Stack>
        </form>
      )}
      {(methods.data?.providers.length ?? 0) > 0 ? (
        <>
          {methods.data?.password === false ? null : <Divider my="md" label={t("or")} />}
          <Stack gap="xs">
            {methods.data?.providers.map((provider) => (
              <Button
                key={provider.id}
                component="a"
                variant="default"
                fullWidth
                href={`/api/v1/sign-in/providers/${encodeURIComponent(provider.id)}?to=${encodeURIComponent(wanted)}`}
              >
                {t("with", { name: provider.name })}
              </Button>
            ))}
          </Stack>
        </>
      ) : null}
      <p style={{ color: "var(--text-soft)", fontSize: 13, margin: "16px 0 0" }}>{t("forgotten")}</p>
    </Outside>
  );
}

/** Where to go after signing in: an address of this console, never one of another site. */
function useWanted(): string {
  const { to } = useSearch({ strict: false }) as { to?: unknown };
  return typeof to === "string" && /^\/(?![/\\])/.test(to) && !to.startsWith("/sign-in") ? to : "/";
}
