import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { TrunklineError } from "@trunkline/client";
import { Problem } from "@/shared/ui/Problem";
import { signIn } from "../api";

/** Email address and password. `done` is called when somebody has signed in. */
export function SignInPage({ done }: { done: () => void }) {
  const form = useForm({ defaultValues: { email: "", password: "" } });
  const entering = useMutation({ mutationFn: signIn, onSuccess: done });
  const { errors } = form.formState;
  const refused = entering.error instanceof TrunklineError && entering.error.status === 401 ? entering.error : null;
  return (
    <Center mih="100vh" p="md">
      <Card w={380} p="lg" component="main">
        <form noValidate onSubmit={(event) => void form.handleSubmit((given) => entering.mutate(given))(event)}>
          <Stack>
            <div>
              <Title order={1}>Sign in to Trunkline</Title>
              <Text c="dimmed">With the address that you were invited with.</Text>
            </div>
            <TextInput
              label="Email"
              type="email"
              autoComplete="username"
              autoFocus
              error={errors.email?.message}
              {...form.register("email", {
                required: "Enter your email address.",
                pattern: { value: /^\S+@\S+$/, message: "An email address has an @ in it." },
              })}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              error={errors.password?.message ?? refused?.message}
              {...form.register("password", { required: "Enter your password." })}
            />
            {entering.error && !refused ? <Problem error={entering.error} /> : null}
            <Button type="submit" loading={entering.isPending} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}
