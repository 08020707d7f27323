/**
 * What no reader sees: soft hyphens, zero-width spaces and joiners, marks of direction, variation
 * selectors. They hide in names, and one name becomes two.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
const INVISIBLE_ANYWHERE = new RegExp(INVISIBLE.source, 'u')
/** Scripts in which a joiner between two letters decides how they are written. */
const JOINING =
  /[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}]/u
const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u
const LETTER = /[\p{L}\p{M}]/u
const JOINERS = /[\u200c\u200d]/

/** A text without what nobody sees, as it is searched and compared. */
export function visibleText(text: string): string {
  return INVISIBLE_ANYWHERE.test(text) ? text.replace(INVISIBLE, '') : text
}

/**
 * A name likewise, as it is kept and shown; joiners stay where a script or a composed picture is
 * written with them.
 */
export function visibleName(name: string): string {
  if (!INVISIBLE_ANYWHERE.test(name)) return name
  const characters = Array.from(name)
  return characters
    .filter((character, at) => !INVISIBLE_ANYWHERE.test(character) || joins(characters, at))
    .join('')
}

function joins(characters: readonly string[], at: number): boolean {
  const [before = '', joiner = '', after = ''] = characters.slice(Math.max(0, at - 1), at + 2)
  if (at === 0 || !JOINERS.test(joiner)) return false
  if (PICTURE.test(before) && PICTURE.test(after)) return joiner === '\u200d'
  return [before, after].every((letter) => LETTER.test(letter) && JOINING.test(letter))
}
