/** Stands at the end of an answer that says there is none: clients look for it, and models write it. */
export const NO_CONTEXT = '[no-context]'
export const NOTHING = 'Sorry, the documents here hold nothing that answers this question'
/** Said when nothing was found. */
export const NOTHING_FOUND = `${NOTHING}. ${NO_CONTEXT}`

/** Some models put a stop, a star or a quotation mark behind it. */
const SAYS_NO_CONTEXT = /\[no-context\][\s.*_"'\u201d]{0,9}$/i
/** In UTF-16 units: where the mark of such an answer stands. */
const LAST = 30

/** Whether a whole answer says that there is none. */
export function isNoAnswer(answer: string): boolean {
  return SAYS_NO_CONTEXT.test(answer.slice(-LAST))
}
