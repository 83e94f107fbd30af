import type { Tone } from "@/shared/ui/Badge";
import type { Budget } from "./api";

/** A budget's figures, in dollars; the shares are of its amount, from 0 to 1, and fit into the bar together. */
export interface Figures {
  amount: number;
  spent: number;
  reserved: number;
  left: number;
  forecast: number | null;
  spentShare: number;
  reservedShare: number;
  /** Where the mark of the forecast stands; null where it would be outside, or says nothing. */
  forecastShare: number | null;
  /** Of the amount, and above 1 where more was spent. */
  used: number;
  tone: Tone;
}

/** From this share on, a budget is near its end. */
const NEAR = 0.8;

/** Reads amounts, which are exact texts, as numbers that can be drawn. */
export function figuresOf(budget: Pick<Budget, "amount" | "spent" | "reserved" | "left" | "forecast">): Figures {
  const [amount, spent, reserved, left] = [budget.amount, budget.spent, budget.reserved, budget.left].map(Number) as [number, number, number, number];
  const forecast = budget.forecast === null ? null : Number(budget.forecast);
  const used = amount === 0 ? 1 : spent / amount;
  const spentShare = Math.min(1, used);
  const reservedShare = Math.min(1 - spentShare, amount === 0 ? 0 : reserved / amount);
  const mark = forecast === null || amount === 0 ? null : forecast / amount;
  return {
    amount, spent, reserved, left, forecast, spentShare, reservedShare,
    forecastShare: mark === null || mark <= spentShare || mark > 1 ? null : mark,
    used,
    // What is left may be less than any call needs.
    tone: used >= 1 || left <= 0 ? "bad" : used >= NEAR || (mark !== null && mark > 1) ? "fair" : "good",
  };
}
