// What an inviter has chosen on the door's page and not yet sent: kept in the tab, for this door and
// until it is sent, so that loading the page again forgets nothing.

const KEPT = "space:terms";

type Field = HTMLSelectElement | HTMLInputElement;

/** Put back what was chosen for this door, and keep what is chosen from now on. */
export function keepTerms(form: HTMLFormElement, door: string): void {
  const fields = [...form.querySelectorAll<Field>("details select, details input")];
  const kept = readTerms(door);
  for (const field of fields) {
    const value = kept[field.name];
    if (value === undefined) continue;
    if (field instanceof HTMLInputElement) field.checked = value === "on";
    else field.value = value;
    // Whoever comes back sees that it is still what they chose.
    field.closest("details")?.setAttribute("open", "");
  }
  form.addEventListener("change", () => {
    const chosen = fields.map((field) => [field.name, valueOf(field)]);
    sessionStorage.setItem(KEPT, JSON.stringify({ door, chosen: Object.fromEntries(chosen) }));
  });
}

export function forgetTerms(): void {
  sessionStorage.removeItem(KEPT);
}

function valueOf(field: Field): string {
  return field instanceof HTMLInputElement ? (field.checked ? "on" : "") : field.value;
}

function readTerms(door: string): Readonly<Record<string, string>> {
  const kept = sessionStorage.getItem(KEPT);
  if (kept === null) return {};
  const { door: of, chosen } = JSON.parse(kept) as { door: string; chosen: Record<string, string> };
  return of === door ? chosen : {};
}
