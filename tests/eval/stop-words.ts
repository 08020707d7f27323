/** Articles, prepositions, auxiliaries, question words and pronouns of English. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  [
    'a an the and or of in on at to for from by with as this that these those',
    'is are was were be been being do does did have has had',
    'what which who whom whose when where why how',
    'i me my you your he him his she her it its we us our they them their',
  ].flatMap((line) => line.split(' ')),
)
