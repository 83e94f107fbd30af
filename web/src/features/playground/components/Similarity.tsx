import { Box, Table, Text, Title } from "@mantine/core";
import { scrolling } from "@/shared/ui/scrolling";
import { cosine } from "../readText";
import { texts } from "../texts";

/** How alike a few texts are, by their vectors. */
export function Similarity({ vectors, inputs }: { vectors: readonly (readonly number[])[]; inputs: readonly string[] }) {
  return (
    <div>
      <Title order={3} fz="md">
        {texts.alike}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {texts.dimensions(vectors[0]?.length ?? 0)}
      </Text>
      <Box style={{ overflowX: "auto" }} {...scrolling(texts.alike)}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th />
              {vectors.map((_, place) => (
                <Table.Th key={place} className="figure">
                  {place + 1}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {vectors.map((vector, row) => (
              <Table.Tr key={row}>
                <Table.Th scope="row" fw={400}>
                  {row + 1}. {inputs[row] ?? ""}
                </Table.Th>
                {vectors.map((other, column) => (
                  <Table.Td key={column} className="figure">
                    {cosine(vector, other).toFixed(3)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Box>
    </div>
  );
}
