/**
 * An answer without the reasoning some models put before it: a leading `<think>…</think>`, or what
 * stands before a closing tag whose opening one the server swallowed. Reasoning that never ends
 * leaves nothing.
 *
 * A closing tag without its opening one is only taken for that where it stands as models write it,
 * and not behind records: in these it is a part of what they say.
 */
export function stripThinking(text: string): string {
  const trimmed = text.trimStart()
  const opens = /^<think(?:ing)?>/i.test(trimmed)
  const close = /<\/think(?:ing)?>/i.exec(trimmed)
  if (close === null) return opens ? '' : text
  const before = trimmed.slice(0, close.index)
  const behind = trimmed.slice(close.index + close[0].length)
  return opens || endsReasoning(before, behind) ? behind.trimStart() : text
}

/** Between fields of a record, or at the beginning of a JSON object. */
const RECORD = /<\||[{[]\s*"/

function endsReasoning(before: string, behind: string): boolean {
  // A pair further down is part of the answer, for instance in a text about such models.
  if (/<think(?:ing)?>/i.test(before) || RECORD.test(before)) return false
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const [rest = ''] = behind.split('\n', 1)
  const standsAlone = line.trim() === '' && rest.trim() === ''
  const endsParagraph = /^[ \t]*\r?\n[ \t]*\r?\n/.test(behind)
  // A text about the tag puts a space, a quote or a bracket around it.
  const isGlued = /[^\s`'"“‘(]$/.test(line) && /^[\p{L}\p{N}#*{[<]/u.test(rest)
  return standsAlone || endsParagraph || isGlued
}
