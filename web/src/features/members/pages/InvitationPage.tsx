import { Button, Card, Center, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type ComponentType, useState } from "react";
import { useForm } from "react-hook-form";
import { PasswordInput } from "@/shared/ui/PasswordInput";
import { isAtFields, showAtFields } from "@/shared/api/fields";
import { accessToken } from "@/shared/api/session";
import { usePageTitle } from "@/shared/pageTitle";
import { usePreference } from "@/shared/preference";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Problem } from "@/shared/ui/Problem";
import { acceptInvitation } from "../api";
import { texts } from "../texts";

const FIELDS = ["name", "password"] as const;
const words = texts.accept;

/**
 * Where an invitation's link leads. `SignIn` is the sign-in page, for those who have an account; `onJoined` is called when one
 * has joined, and is signed in.
 */
export function InvitationPage({ SignIn, onJoined }: { SignIn: ComponentType<{ done: () => void }>; onJoined: () => void }) {
  usePageTitle(words.title);
  const [token] = useState(() => window.location.hash.slice(1));
  const [asking, setAsking] = useState(false);
  const session = useQuery({ queryKey: ["session"], queryFn: async () => ({ signedIn: (await accessToken()) !== null }), staleTime: 0, gcTime: 0 });
  const [, setWorkspace] = usePreference("workspace", "");
  const joining = useMutation({
    mutationFn: acceptInvitation,
    onSuccess: (id) => {
      setWorkspace(id);
      onJoined();
    },
  });
  const { register, handleSubmit, setError, formState } = useForm({ defaultValues: { name: "", password: "" } });
  const { errors } = formState;
  if (session.data === undefined) return session.error ? <Problem error={session.error} retry={() => void session.refetch()} /> : null;
  if (asking) {
    const done = () => {
      setAsking(false);
      void session.refetch();
    };
    return <SignIn done={done} />;
  }
  const signedIn = session.data.signedIn;
  const join = handleSubmit((given) =>
    joining.mutateAsync({ token, ...(signedIn ? {} : { name: given.name.trim(), password: given.password }) }).catch((failure: unknown) => showAtFields(failure, FIELDS, setError)),
  );
  return (
    <Center mih="100vh" p="md">
      <Card w={400} p="lg" component="main">
        {token === "" ? (
          <EmptyState title={words.noToken}>{words.noTokenAbout}</EmptyState>
        ) : (
          <form noValidate onSubmit={(event) => void join(event)}>
            <Stack>
              <div>
                <Title order={1}>{words.title}</Title>
                <Text c="dimmed">{signedIn ? words.signedIn : words.about}</Text>
              </div>
              {signedIn ? null : (
                <>
                  <TextInput label={words.name} autoComplete="name" autoFocus error={errors.name?.message} {...register("name", { validate: (name) => name.trim() !== "" || words.nameMissing })} />
                  <PasswordInput
                    label={words.password}
                    description={words.passwordAbout}
                    autoComplete="new-password"
                    error={errors.password?.message}
                    {...register("password", { validate: (password) => password.length >= 8 || words.passwordShort })}
                  />
                </>
              )}
              {joining.error && !isAtFields(joining.error, FIELDS) ? <Problem error={joining.error} /> : null}
              <Button type="submit" loading={joining.isPending} fullWidth>
                {words.join}
              </Button>
              {signedIn ? null : (
                <Button variant="default" fullWidth onClick={() => setAsking(true)}>
                  {words.have}
                </Button>
              )}
            </Stack>
          </form>
        )}
      </Card>
    </Center>
  );
}
