/** What words of several languages end in, by their forms; the empty ending is one of them. */
const ENDINGS = new Set(
  (
    ' e s t n y r es en er ed em et te al ly or ing ung ion ity ant ent anc enc able ment ness ungen ation ' +
    'ions ers ées ée és ez ement tion tions ier ern ens'
  ).split(' '),
)
/** Letters that two forms of one word begin with, at least. */
export const LEAST_SHARED = 4
/** The participle of a German verb with a part before it: `abgeholt`. */
const PARTICIPLE = /^(ab|an|auf|aus|bei|ein|her|hin|mit|nach|vor|weg|zu|zurück)ge(?=\p{L}{3})/u
const MARKS = /\p{M}/gu

/** A stem without what forms of one word differ by within it: `Fahrräder` and `Fahrrad`. */
export function foldedStem(stem: string): string {
  return stem.replace(PARTICIPLE, '$1').normalize('NFD').replace(MARKS, '')
}

/** Whether two folded stems look like forms of one word. */
export function areForms(one: string, other: string): boolean {
  let shared = 0
  while (shared < one.length && one[shared] === other[shared]) shared += 1
  if (shared < LEAST_SHARED) return false
  // The end of a word may be one of both: it is tried from the longest beginning they share.
  for (let at = shared; at >= Math.max(LEAST_SHARED, shared - 2); at -= 1) {
    if (ENDINGS.has(one.slice(at)) && ENDINGS.has(other.slice(at))) return true
  }
  return false
}
