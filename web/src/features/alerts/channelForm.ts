import type { AlertChannel, CreateAlertChannelRequest, UpdateAlertChannelRequest } from "@trunkline/client";

/** What is typed of a channel. `secret` is "" where it stays; so is `url` of a Slack channel, whose own is never shown. */
export interface ChannelFields {
  kind: CreateAlertChannelRequest["kind"];
  name: string;
  url: string;
  secret: string;
  addresses: string[];
  enabled: boolean;
}

/** The fields as they begin: those of `channel`, or of a new one. */
export function fieldsOfChannel(channel: AlertChannel | null): ChannelFields {
  return {
    kind: channel?.kind ?? "webhook",
    name: channel?.name ?? "",
    url: channel?.kind === "webhook" ? (channel.url ?? "") : "",
    secret: "",
    addresses: channel?.addresses ?? [],
    enabled: channel?.enabled ?? true,
  };
}

/** A new channel as the API takes it. */
export function newChannel({ kind, name, url, addresses }: ChannelFields): CreateAlertChannelRequest {
  return { kind, name: name.trim(), ...(kind === "email" ? { addresses } : { url: url.trim() }) };
}

/** What is to change of `channel`: only what is otherwise, so that nothing is sent that nobody touched. */
export function channelChange(channel: AlertChannel, given: ChannelFields): UpdateAlertChannelRequest {
  const before = fieldsOfChannel(channel);
  const [name, url, secret] = [given.name.trim(), given.url.trim(), given.secret.trim()];
  return {
    ...(name === before.name ? {} : { name }),
    ...(url === before.url || url === "" ? {} : { url }),
    ...(secret === "" ? {} : { secret }),
    ...(channel.kind !== "email" || JSON.stringify(given.addresses) === JSON.stringify(before.addresses) ? {} : { addresses: given.addresses }),
    ...(given.enabled === before.enabled ? {} : { enabled: given.enabled }),
  };
}
