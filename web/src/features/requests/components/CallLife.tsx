import { Text } from "@mantine/core";
import { duration } from "@/shared/format/time";
import type { Call } from "../api";
import { stretchesOf } from "../life";
import { texts } from "../texts";
import classes from "./calls.module.css";
import { Fact } from "./Fact";
import { Section } from "./Section";

/** From the first try to the last token. */
export function CallLife({ call }: { call: Call }) {
  const { drawer } = texts;
  const whole = Math.max(call.durationMs, 1);
  const percent = (milliseconds: number) => `${Math.min((100 * milliseconds) / whole, 100)}%`;
  return (
    <Section title={drawer.life}>
      <div className={classes.track} aria-hidden>
        {stretchesOf(call).map((each) => (
          <span key={`${each.kind} ${each.from}`} className={classes[each.kind]} style={{ insetInlineStart: percent(each.from), width: percent(each.to - each.from) }} />
        ))}
      </div>
      {call.attemptList.map((attempt, at) => (
        <div key={attempt.beganMs}>
          <Fact label={`${drawer.attempt(at + 1)} · ${attempt.provider}/${attempt.model}`}>
            {[attempt.status, attempt.error, duration(attempt.durationMs)].filter((each) => each !== null).join(" · ")}
          </Fact>
          <Text size="sm" c="dimmed">
            {[attempt.reason, attempt.waitedMs > 0 ? drawer.waited(duration(attempt.waitedMs)) : null].filter(Boolean).join(" ")}
          </Text>
        </div>
      ))}
      <Fact label={drawer.attempts}>{String(call.attempts)}</Fact>
      <Fact label={drawer.firstToken}>{call.firstTokenMs === null ? null : duration(call.firstTokenMs)}</Fact>
      <Fact label={drawer.ended}>{duration(call.durationMs)}</Fact>
    </Section>
  );
}
