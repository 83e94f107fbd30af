import { Button, Divider, Stack } from "@mantine/core";
import { address, BASE_PATH } from "@/shared/api/address";
import { texts } from "../texts";

/** Buttons that lead to identity providers, and back to where one is now. */
export function SignOnLinks({ providers }: { providers: readonly { slug: string; name: string }[] }) {
  const { pathname, search } = window.location;
  const here = pathname.startsWith(BASE_PATH) ? pathname.slice(BASE_PATH.length) || "/" : "/";
  const query = new URLSearchParams({ returnTo: here + search }).toString();
  return (
    <Stack>
      {providers.map(({ slug, name }) => (
        <Button key={slug} component="a" href={address(`/api/auth/sso/${slug}?${query}`)} variant="default" fullWidth>
          {texts.signIn.continueWith(name)}
        </Button>
      ))}
      <Divider label={texts.signIn.or} />
    </Stack>
  );
}
