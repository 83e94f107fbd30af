import { useDisclosure } from "@mantine/hooks";
import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useMemo, useState } from "react";
import { useShortcut } from "@/shared/keys";
import { EarlyKeys } from "./EarlyKeys";
import { texts } from "./texts";

const Palette = lazy(() => import("../palette/Palette").then((module) => ({ default: module.Palette })));
const KeysDialog = lazy(() => import("./KeysDialog").then((module) => ({ default: module.KeysDialog })));

interface Openers {
  find: () => void;
  showKeys: () => void;
}

const FinderContext = createContext<Openers | undefined>(undefined);

/** Opens the palette and the list of keys, by the keyboard or by what stands inside. Both are loaded when first asked for. */
export function Finder({ children }: { children: ReactNode }) {
  const [finding, setFinding] = useState<"no" | "opening" | "yes">("no");
  const [text, setText] = useState("");
  const find = useCallback(() => setFinding((before) => (before === "no" ? "opening" : before)), []);
  const stopFinding = useCallback(() => {
    setFinding("no");
    setText("");
  }, []);
  const [keys, { open: showKeys, close: hideKeys }] = useDisclosure(false);
  const openers = useMemo(() => ({ find, showKeys }), [find, showKeys]);
  useShortcut("mod+K", texts.keys.find, find, true);
  useShortcut("shift+?", texts.keys.show, showKeys);
  return (
    <FinderContext value={openers}>
      {children}
      {finding === "opening" ? <EarlyKeys onType={setText} onClose={stopFinding} /> : null}
      <Suspense>
        {finding === "no" ? null : <Palette text={text} onText={setText} onReady={() => setFinding("yes")} onClose={stopFinding} />}
        {keys ? <KeysDialog onClose={hideKeys} /> : null}
      </Suspense>
    </FinderContext>
  );
}

/** What opens the palette and the list of keys. */
export function useFinder(): Openers {
  const openers = useContext(FinderContext);
  if (openers === undefined) throw new Error("useFinder is for what stands inside a Finder.");
  return openers;
}
