import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { statusQuery } from "@/features/status/api";
import { wordFor } from "@/shared/health";
import { Badge, type Tone } from "@/shared/ui/Badge";
import { useWorkspace } from "@/shared/workspace";
import classes from "./HealthWord.module.css";
import { texts } from "./texts";

/** How the providers are, in one word that leads to the status. */
export function HealthWord() {
  const { client, id, may } = useWorkspace();
  const { data } = useQuery({ ...statusQuery(client, id), enabled: may.has("status.read") });
  if (data === undefined) return null;
  const failing = data.providers.filter((provider) => !["healthy", "unknown"].includes(provider.state));
  const [first] = failing;
  const [word, tone]: [string, Tone] =
    first === undefined
      ? data.providers.length === 0
        ? [texts.health.none, "quiet"]
        : [texts.health.up, "good"]
      : [failing.length > 1 ? texts.health.many(failing.length) : texts.health.one(first.displayName, wordFor(first.state).word), wordFor(first.state).tone];
  return (
    <Link to="/status" className={classes.link}>
      <Badge tone={tone}>{word}</Badge>
    </Link>
  );
}
