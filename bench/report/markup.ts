/** Elements of HTML and SVG as text. */

export type Attributes = Readonly<Record<string, string | number>>;

/** Content is markup already: text goes through `text`. */
export function element(
  name: string,
  attributes: Attributes,
  ...content: readonly string[]
): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${text(String(value))}"`);
  return `<${name}${told.join('')}>${content.join('')}</${name}>`;
}

/** Text that stands for itself, in an element and in an attribute. */
export function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
