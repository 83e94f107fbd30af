import { createRoute, lazyRouteComponent, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { base } from "./root";

const SetupPage = lazy(() => import("@/features/setup/pages/SetupPage").then((module) => ({ default: module.SetupPage })));
const SignUpPage = lazy(() => import("@/features/account/pages/SignUpPage").then((module) => ({ default: module.SignUpPage })));
const ResetPasswordPage = lazy(() => import("@/features/account/pages/ResetPasswordPage").then((module) => ({ default: module.ResetPasswordPage })));

const setup = createRoute({
  getParentRoute: () => base,
  path: "/setup",
  component: function Setup() {
    const navigate = useNavigate();
    return (
      <Suspense>
        <SetupPage done={(search) => void navigate({ to: "/chat", search })} />
      </Suspense>
    );
  },
});

const signUp = createRoute({
  getParentRoute: () => base,
  path: "/sign-up",
  component: function SignUp() {
    const navigate = useNavigate();
    return (
      <Suspense>
        <SignUpPage done={() => void navigate({ to: "/" })} />
      </Suspense>
    );
  },
});

const forgotten = createRoute({
  getParentRoute: () => base,
  path: "/forgotten-password",
  component: lazyRouteComponent(() => import("@/features/account/pages/ForgottenPasswordPage"), "ForgottenPasswordPage"),
});

const reset = createRoute({
  getParentRoute: () => base,
  path: "/reset-password",
  component: function Reset() {
    const navigate = useNavigate();
    return (
      <Suspense>
        <ResetPasswordPage done={() => void navigate({ to: "/" })} />
      </Suspense>
    );
  },
});

/** The pages for who is not signed in. */
export const entryRoutes = [setup, signUp, forgotten, reset] as const;
