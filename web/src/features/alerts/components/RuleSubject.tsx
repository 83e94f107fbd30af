import { Select, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useFormContext } from "react-hook-form";
import { useWorkspace } from "@/shared/workspace";
import { subjectsQuery } from "../api";
import type { RuleFields } from "../form";
import type { Subject } from "../kinds";
import { texts } from "../texts";

/** What a rule is narrowed to: everything, or one thing of a kind. */
export function RuleSubject({ subjects }: { subjects: readonly Subject[] }) {
  const { client, id } = useWorkspace();
  const { watch, setValue } = useFormContext<RuleFields>();
  const [subject, subjectId] = watch(["subject", "subjectId"]);
  const found = useQuery(subjectsQuery(client, id, subject as Subject | ""));
  const { form: words } = texts;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Select
        label={words.subject}
        data={[{ value: "", label: words.everything }, ...subjects.map((each) => ({ value: each, label: words.subjects[each] }))]}
        value={subject}
        allowDeselect={false}
        onChange={(value) => {
          setValue("subject", value ?? "", { shouldDirty: true });
          setValue("subjectId", "");
        }}
      />
      {subject === "" ? null : (
        <Select label={words.subjectId} data={found.data ?? []} value={subjectId || null} searchable onChange={(value) => setValue("subjectId", value ?? "", { shouldDirty: true })} />
      )}
    </SimpleGrid>
  );
}
