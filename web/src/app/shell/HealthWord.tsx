import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { statusQuery } from "@/features/status/api";
import { wordFor } from "@/shared/health";
import { Badge } from "@/shared/ui/Badge";
import { useWorkspace } from "@/shared/workspace";

/** How the providers are, in one word that leads to the status. */
export function HealthWord() {
  const { client, id } = useWorkspace();
  const { data } = useQuery(statusQuery(client, id));
  if (data === undefined) return null;
  const failing = data.providers.filter((provider) => !["healthy", "unknown"].includes(provider.state));
  const [first] = failing;
  const word = first === undefined ? "All providers up" : `${first.displayName}: ${wordFor(first.state).word.toLowerCase()}`;
  return (
    <Link to="/status" style={{ textDecoration: "none" }}>
      <Badge tone={first === undefined ? "good" : wordFor(first.state).tone}>
        {failing.length > 1 ? `${failing.length} providers failing` : word}
      </Badge>
    </Link>
  );
}
