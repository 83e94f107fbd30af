import { Image, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWorkspace } from "@/shared/workspace";
import classes from "./StoredPicture.module.css";
import { texts } from "./texts";

/** A picture of a message. The server gives it to its owner alone, so that it is fetched, not linked. */
export function StoredPicture({ url }: { url: string }) {
  const { client } = useWorkspace();
  const file = useQuery({ queryKey: ["picture", url], queryFn: ({ signal }) => client.conversations.file(url, { signal }), staleTime: Infinity });
  if (file.isError) return <Text c="dimmed">{texts.pictureFails}</Text>;
  return file.data === undefined ? <Skeleton w={240} h={160} /> : <Fetched key={url} file={file.data} />;
}

function Fetched({ file }: { file: Blob }) {
  const [source] = useState(() => URL.createObjectURL(file));
  return <Image src={source} alt={texts.picture} className={classes.picture} onLoad={() => URL.revokeObjectURL(source)} />;
}
