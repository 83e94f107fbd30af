import { Paper, Skeleton, Stack } from "@mantine/core";
import { useEffect, useState } from "react";

const DELAY_MS = 150;

/** The shape of a list that is on its way; nothing at first, because most lists are there at once. */
export function ListSkeleton({ rows, label }: { rows: number; label: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), DELAY_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <Paper withBorder p="md" component="section" aria-busy aria-label={label}>
      <Stack gap="md">
        {Array.from({ length: rows }, (_, index) => (
          <Skeleton key={index} height={36} />
        ))}
      </Stack>
    </Paper>
  );
}
