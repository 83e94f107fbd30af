import { Combobox, Modal, Text, useCombobox } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { texts } from "../shell/texts";
import { useFound } from "./found";
import classes from "./Palette.module.css";

/** Cmd-K: finds pages and things by what is typed, and does what is chosen. `onReady`: its field has the keyboard now. */
export function Palette({ text, onText, onReady, onClose }: { text: string; onText: (text: string) => void; onReady: () => void; onClose: () => void }) {
  const navigate = useNavigate();
  const { groups, searching } = useFound(text);
  const list = useCombobox({ opened: true });
  const commands = groups.flatMap(([, members]) => members);
  const run = (id: string) => {
    const command = commands.find((each) => each.id === id);
    if (command === undefined) return;
    onClose();
    if (typeof command.run === "string") {
      const [to = "/", search] = command.run.split("?");
      void navigate({ to, search: Object.fromEntries(new URLSearchParams(search)) as never });
    } else {
      command.run();
    }
  };
  return (
    <Modal.Root opened onClose={onClose} size={600} yOffset="12vh" centered={false} transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={texts.find}>
        <Combobox store={list} onOptionSubmit={run}>
          <div className={classes.field}>
            <Search size={16} aria-hidden />
            <Combobox.EventsTarget>
              <input
                className={classes.input}
                value={text}
                placeholder={texts.palette.placeholder}
                aria-label={texts.find}
                data-autofocus
                onFocus={(event) => {
                  // Behind what was typed before it was there.
                  event.currentTarget.setSelectionRange(text.length, text.length);
                  onReady();
                }}
                onChange={(event) => {
                  onText(event.currentTarget.value);
                  list.resetSelectedOption();
                }}
                onKeyDown={(event) => {
                  // The list, which is always there, would keep Escape for itself.
                  if (event.key === "Escape") onClose();
                  // Without a choice, Enter takes the first.
                  if (event.key === "Enter" && list.getSelectedOptionIndex() < 0 && commands[0] !== undefined) run(commands[0].id);
                }}
              />
            </Combobox.EventsTarget>
          </div>
          <Combobox.Options className={classes.list} aria-label={texts.palette.found}>
            {groups.map(([group, members]) => (
              <Combobox.Group key={group} label={group}>
                {members.map((command) => (
                  <Combobox.Option key={command.id} value={command.id} className={classes.option}>
                    <Text span truncate>
                      {command.label}
                    </Text>
                    {command.about === undefined ? null : (
                      <Text span size="sm" c="dimmed" truncate>
                        {command.about}
                      </Text>
                    )}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {groups.length === 0 ? <Combobox.Empty>{searching ? texts.palette.searching : texts.palette.nothing}</Combobox.Empty> : null}
          </Combobox.Options>
        </Combobox>
      </Modal.Content>
    </Modal.Root>
  );
}
