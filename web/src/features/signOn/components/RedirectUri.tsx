import { Box, Text } from "@mantine/core";
import { CodeBlock } from "@/shared/ui/CodeBlock";
import { isSlug } from "../form";
import { usePublicUrl } from "../hooks";
import { texts } from "../texts";

const words = texts.form;

/** Where the provider sends people back to: `uri` of one that is there, else that of the slug which is typed. */
export function RedirectUri({ uri, slug }: { uri: string | null; slug: string }) {
  const publicUrl = usePublicUrl();
  const told = uri ?? (publicUrl && isSlug(slug) ? `${publicUrl}/api/auth/sso/${slug.trim()}/callback` : null);
  return (
    <>
      {told === null ? null : (
        <Box>
          <Text size="sm" fw={500}>
            {words.redirect}
          </Text>
          <Text size="sm" c="dimmed" mb={4}>
            {words.redirectAbout}
          </Text>
          <CodeBlock code={told} label={words.redirect} wrap />
        </Box>
      )}
      {publicUrl === null ? (
        <Text size="sm" c="dimmed">
          {words.noPublicUrl}
        </Text>
      ) : null}
    </>
  );
}
