import type { AlertChannel, CreateAlertChannelRequest, UpdateAlertChannelRequest } from "@trunkline/client";

/** What is typed of a channel. `secret` is "" where it stays; so is `url` of a Slack channel, whose own is never shown. */
export interface ChannelFields {
  kind: CreateAlertChannelRequest["kind"];
  name: string;
  url: string;
  secret: string;
  addresses: string[];
  enabled: boolean;
  /** The alert channel of an extension, and its settings as JSON. */
  extension: string;
  settings: string;
}

/** The fields as they begin: those of `channel`, or of a new one. */
export function fieldsOfChannel(channel: AlertChannel | null): ChannelFields {
  return {
    kind: channel?.kind ?? "webhook",
    name: channel?.name ?? "",
    url: channel?.kind === "webhook" || channel?.kind === "extension" ? (channel.url ?? "") : "",
    secret: "",
    addresses: channel?.addresses ?? [],
    enabled: channel?.enabled ?? true,
    extension: channel?.extension ?? "",
    settings: JSON.stringify(channel?.settings ?? {}, null, 2),
  };
}

/** A new channel as the API takes it. */
export function newChannel({ kind, name, url, addresses, extension, settings, secret }: ChannelFields): CreateAlertChannelRequest {
  if (kind === "extension") {
    return {
      kind,
      name: name.trim(),
      extension: extension.trim(),
      settings: readSettings(settings) ?? {},
      ...(url.trim() === "" ? {} : { url: url.trim() }),
      ...(secret.trim() === "" ? {} : { secret: secret.trim() }),
    };
  }
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
    ...(channel.kind !== "extension" || given.settings === before.settings ? {} : { settings: readSettings(given.settings) ?? {} }),
    ...(given.enabled === before.enabled ? {} : { enabled: given.enabled }),
  };
}

/** Settings as they are typed; null where they are no JSON object. */
export function readSettings(typed: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(typed.trim() === "" ? "{}" : typed);
    return typeof read === "object" && read !== null && !Array.isArray(read) ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
