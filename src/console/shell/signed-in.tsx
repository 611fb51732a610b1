/**
 * Everything behind the sign-in: asks who is there, shows the sign-in page when nobody is, else the frame with the page.
 *
 * A session that ends while somebody works leads here too; after signing in the same address opens again, and what was
 * typed is still there.
 */
import { Navigate, Outlet, useLocation, useSearch } from "@tanstack/react-router";
import { isRefusal } from "../data/api.ts";
import { HereProvider, useSession } from "../data/me.tsx";
import { Failed, Loading } from "../parts/page.tsx";
import { Frame } from "./frame.tsx";

export function SignedIn() {
  const session = useSession();
  const here = useLocation();
  const { workflow } = useSearch({ strict: false }) as { workflow?: string };
  if (isRefusal(session.error, "unauthenticated"))
    return <Navigate to="/sign-in" search={{ to: here.href }} replace />;
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
