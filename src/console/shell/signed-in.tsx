/**
 * Everything behind the sign-in: asks who is there, shows the sign-in page when nobody is, else the frame with the page.
 *
 * A session that ends while somebody works leads here too; after signing in the same address opens again, and what was
 * typed is still there.
 */
import { Outlet, useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { isRefusal } from "../data/api.ts";
import { HereProvider, useSession } from "../data/me.tsx";
import { Failed, Loading } from "../parts/page.tsx";
import { Frame } from "./frame.tsx";

export function SignedIn() {
  const session = useSession();
  const { workflow } = useSearch({ strict: false }) as { workflow?: string };
  if (isRefusal(session.error, "unauthenticated")) return <ToSignIn />;
  if (session.data === undefined)
    return session.isError ? <Failed error={session.error} retry={session.refetch} /> : <Loading />;
  return (
    <HereProvider me={session.data} wanted={workflow}>
      <Frame>
        <Outlet />
      </Frame>
    </HereProvider>
  );
}

/** Leads to the sign-in page once: the address changes before the page does, and must not count as what was asked for. */
function ToSignIn() {
  const { state } = useRouter();
  const navigate = useNavigate();
  const [asked] = useState(state.location.href);
  useEffect(() => void navigate({ to: "/sign-in", search: { to: asked }, replace: true }), [navigate, asked]);
  return <Loading />;
}
