/** Other ways to write one and the same name, as keyboards, systems and files make them. */
export const NAME_FORMS: Readonly<Record<string, (name: string) => string>> = {
  'as it is kept': (name) => name,
  decomposed: (name) => name.normalize('NFD'),
  'with spaces around it': (name) => `  ${name}\u3000`,
  'behind a byte order mark': (name) => `\ufeff${name}`,
  'with a zero-width space': (name) => within(name, '\u200b'),
  'with a soft hyphen': (name) => within(name, '\u00ad'),
  'with a word joiner': (name) => within(name, '\u2060'),
  'with a joiner': (name) => within(name, '\u200d'),
  'with a non-joiner': (name) => within(name, '\u200c'),
  'with a grapheme joiner': (name) => within(name, '\u034f'),
  'with a variation selector': (name) => within(name, '\ufe0f'),
  'with a filler': (name) => within(name, '\u3164'),
  'with a left-to-right mark': (name) => within(name, '\u200e'),
  'with a right-to-left mark': (name) => `\u200f${name}`,
  'overridden from right to left': (name) => `\u202e${name}\u202c`,
  'isolated from right to left': (name) => `\u2067${name}\u2069`,
  'with a tag character': (name) => within(name, '\u{e0041}'),
  'with half a surrogate pair': (name) => within(name, '\ud83d'),
}

/** What models and people make of names of entities besides. */
export const ENTITY_FORMS: typeof NAME_FORMS = {
  ...NAME_FORMS,
  'in quotes': (name) => `"${name}"`,
  'in curly quotes': (name) => `\u201c${name}\u201d`,
  'in a tag': (name) => `<p>${name}</p>`,
  'with wide spaces': (name) => name.replaceAll(' ', '\u3000'),
  'with hard spaces': (name) => name.replaceAll(' ', '\u00a0'),
  'with a line break': (name) => name.replace(' ', '\r\n'),
  'in full-width letters': (name) =>
    name.replace(/[A-Za-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  'with entities of HTML': (name) => name.replaceAll('&', '&amp;'),
  'with a zero byte': (name) => within(name, '\u0000'),
}

function within(name: string, sign: string): string {
  return name.slice(0, 2) + sign + name.slice(2)
}
