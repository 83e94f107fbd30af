import { useEffect, useState } from "react";
import { texts } from "@/shared/texts";
import { notifyFailed } from "@/shared/ui/notify";
import { copyText } from "./copy";

const SHOWN_MS = 1_500;

/** Copies, and says for a moment that it has. */
export function useCopy(): { copied: boolean; copy: (text: string) => void } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string) => {
    void copyText(text).then((done) => {
      setCopied(done);
      if (!done) notifyFailed(new Error(texts.copyFailed));
    });
  };
  return { copied, copy };
}
