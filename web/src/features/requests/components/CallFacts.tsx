import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Call } from "../api";
import { texts } from "../texts";
import { Fact } from "./Fact";
import { Section } from "./Section";

/** Whose it was, and what served it: configuration, version, revision and so on. */
export function CallFacts({ call }: { call: Call }) {
  const { drawer } = texts;
  const { labels } = drawer;
  const { names } = call;
  return (
    <Section title={drawer.facts}>
      <Fact label={labels.requestId}>
        <span className="mono">{call.requestId}</span>
      </Fact>
      <Fact label={labels.operation}>{call.operation}</Fact>
      <Fact label={labels.status}>{String(call.status)}</Fact>
      <Fact label={labels.requestedModel}>
        <span className="mono">{call.requestedModel}</span>
      </Fact>
      <Fact label={labels.configuration}>{names["configuration"] ?? call.configurationId}</Fact>
      <Fact label={labels.revision}>{call.configurationId === null ? null : String(call.revision)}</Fact>
      <Fact label={labels.version}>{names["version"] ?? call.versionId}</Fact>
      <Fact label={labels.route}>{names["route"] ?? call.routeId}</Fact>
      <Fact label={labels.unfitRoute}>{names["unfitRoute"] ?? call.unfitRouteId}</Fact>
      <Fact label={labels.feature}>{call.feature}</Fact>
      <Fact label={labels.application}>{names["application"] ?? call.applicationId}</Fact>
      <Fact label={labels.key}>{names["key"] ?? call.keyId}</Fact>
      <Fact label={labels.user}>{names["user"] ?? call.userId}</Fact>
      <Fact label={labels.conversation}>{call.conversationId}</Fact>
      <Fact label={labels.purpose}>{call.purpose}</Fact>
      <Fact label={labels.tags}>{call.tags.join(", ")}</Fact>
      <Fact label={labels.tier}>{call.serviceTier}</Fact>
      <Fact label={labels.streamed}>{call.streamed ? drawer.yes : drawer.no}</Fact>
      {call.related.length > 0 ? (
        <Fact label={drawer.related}>
          {call.related.map((related) => (
            <Anchor key={related} component={Link} to="/requests" search={((before: object) => ({ ...before, call: related })) as never} display="block" className="mono">
              {related}
            </Anchor>
          ))}
        </Fact>
      ) : null}
    </Section>
  );
}
