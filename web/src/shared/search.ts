import { useNavigate, useSearch } from "@tanstack/react-router";

/**
 * One word of the address's search, and a way to change it; `usual` where it says none of `values`. The route's
 * `validateSearch` must let `name` through.
 */
export function useUrlChoice<Value extends string>(
  name: string,
  values: readonly Value[],
  usual: Value,
): [Value, (next: Value) => void] {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const value = values.find((each) => each === search[name]) ?? usual;
  const set = (next: Value) =>
    void navigate({ to: ".", search: ((before: Record<string, unknown>) => ({ ...before, [name]: next === usual ? undefined : next })) as never, replace: true });
  return [value, set];
}
