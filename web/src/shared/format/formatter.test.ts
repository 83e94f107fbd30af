import { expect, test } from "vitest";
import { numberFormat, timeFormat } from "./formatter";

test("a formatter is made once for the same options, and another for others", () => {
  const cents = { minimumFractionDigits: 2 };
  expect(numberFormat({ ...cents })).toBe(numberFormat({ ...cents }));
  expect(numberFormat(cents).format(1.5)).toBe("1.50");
  expect(numberFormat({ minimumFractionDigits: 3 }).format(1.5)).toBe("1.500");
  expect(timeFormat({ timeZone: "UTC" })).toBe(timeFormat({ timeZone: "UTC" }));
  expect(timeFormat({ timeZone: "Asia/Tokyo", hour: "2-digit" })).not.toBe(timeFormat({ timeZone: "UTC", hour: "2-digit" }));
});
