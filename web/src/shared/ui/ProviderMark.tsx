import { Box } from "@mantine/core";
import classes from "./ProviderMark.module.css";

/** Two letters and a colour for each provider, the same in lists, charts and chat. */
const MARKS: Record<string, [letters: string, color: string]> = {
  openai: ["OA", "#0c7a5a"],
  anthropic: ["An", "#b35a33"],
  gemini: ["Ge", "#2f6fe0"],
  ollama: ["Ol", "#41464f"],
  openrouter: ["OR", "#6d4df2"],
  bedrock: ["Be", "#a86500"],
  huggingface: ["Hf", "#8a6d00"],
  mistral: ["Mi", "#c2410c"],
  groq: ["Gr", "#b93815"],
  deepseek: ["De", "#3b57d9"],
  azure: ["Az", "#0067b8"],
  vertex: ["Ve", "#1f66d0"],
  xai: ["xA", "#2b2f36"],
  demo: ["De", "#5a6170"],
};

function markOf(provider: string): [string, string] {
  return MARKS[provider] ?? [provider.slice(0, 1).toUpperCase() + provider.slice(1, 2), "#5a6170"];
}

/** A provider's colour in charts. */
export function providerColor(provider: string): string {
  return markOf(provider)[1];
}

/** A provider's mark. It says nothing to screen readers: its name stands beside it. */
export function ProviderMark({ provider, size = 28 }: { provider: string; size?: number }) {
  const [letters, color] = markOf(provider);
  return (
    <Box className={classes.mark} aria-hidden __vars={{ "--mark-color": color, "--mark-size": `${size}px` }}>
      {letters}
    </Box>
  );
}
