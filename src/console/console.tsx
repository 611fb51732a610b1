/**
 * The console as a whole: language and theme of the person, data, messages, and the router inside them.
 *
 * Before anybody has signed in, the language is what the browser prefers and the theme what the system has; both can be
 * changed on the sign-in page. What is chosen before is kept on the device.
 */
import { MantineProvider } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { IntlProvider } from "react-intl";
import { queries } from "./data/api.ts";
import { useSession } from "./data/me.tsx";
import { LOCALE_NAMES, languageOf } from "./locales/words.ts";
import { ToastProvider } from "./parts/toast.tsx";
import { router } from "./router.tsx";
import { cssVariables, theme } from "./theme/theme.ts";

export function Console() {
  return (
    <QueryClientProvider client={queries}>
      <Looks>
        <RouterProvider router={router} />
      </Looks>
    </QueryClientProvider>
  );
}

const MISSING = /^MISSING_TRANSLATION$/;

export type Scheme = "system" | "light" | "dark";

function preferredLocale(): string {
  for (const asked of navigator.languages) {
    const known = Object.keys(LOCALE_NAMES).find((one) => one === asked || one.startsWith(asked.slice(0, 2)));
    if (known !== undefined) return known;
  }
  return "en-GB";
}

/** What was chosen on this device, for pages without a person. */
export function useDevice() {
  const [locale, setLocale] = useLocalStorage({
    key: "pilotage.locale",
    defaultValue: preferredLocale(),
    getInitialValueInEffect: false,
  });
  const [scheme, setScheme] = useLocalStorage<Scheme>({
    key: "pilotage.theme",
    defaultValue: "system",
    getInitialValueInEffect: false,
  });
  return { locale, setLocale, scheme, setScheme };
}

function Looks({ children }: { children: ReactNode }) {
  const session = useSession();
  const device = useDevice();
  const person = session.isError ? undefined : session.data?.person;
  const locale = person?.locale ?? device.locale;
  const scheme = person?.preferences.theme ?? device.scheme;
  const wanted = new URLSearchParams(location.search).get("workflow") ?? person?.preferences.workflow;
  const workflows = session.data?.workflows ?? [];
  const zone = (workflows.find((one) => one.name === wanted) ?? workflows[0])?.zone;
  const forced = scheme === "system" ? undefined : scheme;
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  // Set before the first child is drawn: what is written with the document's language reads it.
  document.documentElement.lang = locale;
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      {...(forced === undefined ? {} : { forceColorScheme: forced })}
    >
      <IntlProvider
        locale={locale}
        defaultLocale={languageOf(locale)}
        timeZone={zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}
        messages={{}}
        onError={({ code, message }) => {
          // Texts stand in the tables and not in a catalogue; every one counts as missing there.
          if (!MISSING.test(code)) throw new Error(message);
        }}
      >
        <ToastProvider>{children}</ToastProvider>
      </IntlProvider>
    </MantineProvider>
  );
}
