import { useNavigate } from "@tanstack/react-router";
import { notifyDone } from "@/shared/ui/notify";
import { PageHeader } from "@/shared/ui/PageHeader";
import { RouteForm } from "../components/RouteForm";
import { texts } from "../texts";

/** A new route. */
export function NewRoutePage() {
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={texts.new} about={texts.form.newAbout} />
      <RouteForm
        mayChange
        onSaved={(saved) => {
          notifyDone(texts.form.saved(saved.name));
          void navigate({ to: "/routes" as string });
        }}
      />
    </>
  );
}
