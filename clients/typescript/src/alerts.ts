import { readEvents } from "./events.js";
import type { Http } from "./http.js";
import type { AnswerOf, BodyOf, QueryOf } from "./operation.js";

/** Which alerts are asked for. */
export type AlertFilter = QueryOf<"/api/alerts", "get">;
export type Alert = AnswerOf<"/api/alerts/{alert_id}", "get">;
export type CreateAlertRuleRequest = BodyOf<"/api/alerts/rules", "post">;
export type UpdateAlertRuleRequest = BodyOf<"/api/alerts/rules/{rule_id}", "put">;
export type AlertRule = AnswerOf<"/api/alerts/rules/{rule_id}", "get">;
export type AlertPreviewRequest = BodyOf<"/api/alerts/preview", "post">;
export type AlertPreview = AnswerOf<"/api/alerts/preview", "post">;
export type CreateAlertChannelRequest = BodyOf<"/api/alerts/channels", "post">;
export type UpdateAlertChannelRequest = BodyOf<"/api/alerts/channels/{channel_id}", "put">;
export type AlertChannel = AnswerOf<"/api/alerts/channels/{channel_id}", "get">;

/** With the secret that was made for it, which is shown this once. */
export type CreatedAlertChannel = AnswerOf<"/api/alerts/channels", "post">;
export type AlertDelivery = AnswerOf<"/api/alerts/deliveries", "get">[number];
export type AlertDeliveryQuery = QueryOf<"/api/alerts/deliveries", "get">;
type PageQuery = QueryOf<"/api/alerts/rules", "get">;

/** `/api/alerts/rules`: when people are told. */
export class AlertRules {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** A page of them: those that every workspace has, then the others, the newest first. */
  list(query: PageQuery = {}): Promise<AlertRule[]> {
    return this.#http.json("get", "/api/alerts/rules", { query });
  }

  create(data: CreateAlertRuleRequest): Promise<AlertRule> {
    return this.#http.json("post", "/api/alerts/rules", { body: data });
  }

  get(ruleId: string): Promise<AlertRule> {
    return this.#http.json("get", "/api/alerts/rules/{ruleId}", { path: { ruleId } });
  }

  update(ruleId: string, data: UpdateAlertRuleRequest): Promise<AlertRule> {
    return this.#http.json("put", "/api/alerts/rules/{ruleId}", { path: { ruleId }, body: data });
  }

  async delete(ruleId: string): Promise<void> {
    await this.#http.json("delete", "/api/alerts/rules/{ruleId}", { path: { ruleId } });
  }

  /** When a rule would have fired in the last days. Nothing is saved. */
  preview(data: AlertPreviewRequest): Promise<AlertPreview> {
    return this.#http.json("post", "/api/alerts/preview", { body: data });
  }
}

/** `/api/alerts/channels`: where people are told. */
export class AlertChannels {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  /** A page of them, the newest first. */
  list(query: PageQuery = {}): Promise<AlertChannel[]> {
    return this.#http.json("get", "/api/alerts/channels", { query });
  }

  create(data: CreateAlertChannelRequest): Promise<CreatedAlertChannel> {
    return this.#http.json("post", "/api/alerts/channels", { body: data });
  }

  get(channelId: string): Promise<AlertChannel> {
    return this.#http.json("get", "/api/alerts/channels/{channelId}", { path: { channelId } });
  }

  update(channelId: string, data: UpdateAlertChannelRequest): Promise<AlertChannel> {
    return this.#http.json("put", "/api/alerts/channels/{channelId}", { path: { channelId }, body: data });
  }

  async delete(channelId: string): Promise<void> {
    await this.#http.json("delete", "/api/alerts/channels/{channelId}", { path: { channelId } });
  }

  /** Sends a notice that says that it is a test, and tells how that ended. */
  test(channelId: string): Promise<AlertDelivery> {
    return this.#http.json("post", "/api/alerts/channels/{channelId}/test", { path: { channelId } });
  }

  /** A page of what was sent, or is to be, the newest first. */
  deliveries(query: AlertDeliveryQuery = {}): Promise<AlertDelivery[]> {
    return this.#http.json("get", "/api/alerts/deliveries", { query });
  }
}

/** `/api/alerts`: what is wrong, and who is told. */
export class Alerts {
  readonly #http: Http;
  readonly rules: AlertRules;
  readonly channels: AlertChannels;

  constructor(http: Http) {
    this.#http = http;
    this.rules = new AlertRules(http);
    this.channels = new AlertChannels(http);
  }

  /** A page of them, open and past, the newest first. */
  list(query: AlertFilter = {}): Promise<Alert[]> {
    return this.#http.json("get", "/api/alerts", { query });
  }

  get(alertId: string): Promise<Alert> {
    return this.#http.json("get", "/api/alerts/{alertId}", { path: { alertId } });
  }

  /** Somebody sees to it: channels are not told again. */
  acknowledge(alertId: string): Promise<Alert> {
    return this.#http.json("post", "/api/alerts/{alertId}/acknowledge", { path: { alertId } });
  }

  /**
   * Alerts that fire, are acknowledged or are resolved from the moment on that `ready` is called: list the open ones
   * then, and nothing is missed. The server ends the stream after 15 minutes; follow it anew. Leaving the loop early
   * cancels the request.
   */
  async *follow({ ready, ...options }: { signal?: AbortSignal; ready?: () => void } = {}): AsyncGenerator<
    Alert,
    void,
    undefined
  > {
    const response = await this.#http.send("get", "/api/alerts/stream", {
      ...options,
      headers: { accept: "text/event-stream" },
    });
    if (response.body === null) return;
    for await (const { event, data } of readEvents(response.body)) {
      if (event === "ready") ready?.();
      if (event === "alert") yield JSON.parse(data) as Alert;
    }
  }
}
