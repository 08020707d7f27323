/** What XML 1.0 does not allow in any form, not even escaped. */
const ILLEGAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is replaced
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Left as they are, a parser makes spaces of them in attributes.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** A text as the content of an element or of an attribute in double quotes. */
export function xmlText(text: string): string {
  return text
    .replace(ILLEGAL, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? character)
}

/**
 * A name as the id of a node. One with characters that XML refuses gets a number behind it, since
 * another name may look the same without them.
 */
export function xmlId(name: string, key: number): string {
  const legal = name.replace(ILLEGAL, '\ufffd')
  return xmlText(legal === name ? name : `${legal}#${key}`)
}
