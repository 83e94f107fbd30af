import { Checkbox, Group, Table, Text, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useState } from "react";
import { ColumnHeads } from "@/shared/ui/ColumnHeads";
import { Fact } from "@/shared/ui/Fact";
import { TableFrame } from "@/shared/ui/TableFrame";
import type { Setting } from "../api";
import { texts } from "../texts";
import { SourceBadge } from "./SourceBadge";

const words = texts.installation;

/** The settings of the installation, with where each is from. None is changed here: each says where. */
export function InstallationList({ settings }: { settings: Setting[] }) {
  const [text, setText] = useState("");
  const [onlySet, setOnlySet] = useState(false);
  const wanted = text.trim().toLowerCase();
  const shown = settings.filter(({ name, about, source }) => (!onlySet || source !== "default") && `${name} ${about}`.toLowerCase().includes(wanted));
  return (
    <>
      <Text c="dimmed" mb="sm">
        {words.about}
      </Text>
      <Group gap="sm" mb="sm">
        <TextInput size="xs" w={220} leftSection={<Search size={14} aria-hidden />} aria-label={words.search} placeholder={words.search} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Checkbox label={words.onlySet} checked={onlySet} onChange={(event) => setOnlySet(event.currentTarget.checked)} />
      </Group>
      {shown.length === 0 ? (
        <Text c="dimmed">{words.none}</Text>
      ) : (
        <TableFrame
          label={words.list}
          cards
          head={<ColumnHeads columns={[[words.columns.name], [words.columns.value], [words.columns.source, "sm"]]} />}
        >
          {shown.map((setting) => (
            <Table.Tr key={setting.name}>
              <Table.Td maw={520}>
                <Text className="mono">{setting.name}</Text>
                <Text size="sm" c="dimmed">
                  {setting.about.replaceAll("`", "")}
                </Text>
              </Table.Td>
              <Fact label={words.columns.value} className="mono">{valueOf(setting)}</Fact>
              <Fact label={words.columns.source} from="sm">
                <SourceBadge source={setting.source} />
              </Fact>
            </Table.Tr>
          ))}
        </TableFrame>
      )}
    </>
  );
}

function valueOf({ secret, isSet, value }: Setting): string {
  if (!isSet) return words.unset;
  if (secret) return words.secret;
  return typeof value === "string" ? value : JSON.stringify(value);
}
