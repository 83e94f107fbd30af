import { Button } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { notifyDone } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { AddNewConfiguration } from "../components/AddNewConfiguration";
import { texts } from "../texts";
import type { WizardSearch } from "../wizard";

/** The wizard. */
export function NewConfigurationPage({ search, onSearch }: { search: WizardSearch; onSearch: (next: WizardSearch) => void }) {
  const navigate = useNavigate();
  return (
    <>
      <PageHeader
        title={texts.wizard.title}
        about={texts.wizard.about}
        actions={
          <Button variant="subtle" color="gray" component={Link} to="/configurations">
            {texts.wizard.cancel}
          </Button>
        }
      />
      <AddNewConfiguration
        search={search}
        onSearch={onSearch}
        onSaved={(saved) => {
          notifyDone(texts.save.saved(saved.name));
          void navigate({ to: "/configurations/$configurationId", params: { configurationId: saved.id }, search: {} });
        }}
      />
    </>
  );
}
