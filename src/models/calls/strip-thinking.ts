/**
 * An answer without the reasoning some models put before it: a leading `<think>…</think>`, or
 * everything up to a closing tag whose opening one the server swallowed. Reasoning that never ends
 * leaves nothing.
 */
export function stripThinking(text: string): string {
  const trimmed = text.trimStart()
  const opens = /^<think(?:ing)?>/i.test(trimmed)
  const close = /<\/think(?:ing)?>/i.exec(trimmed)
  if (close === null) return opens ? '' : text
  const inside = trimmed.slice(0, close.index)
  // A pair further down is part of the answer, for instance in a text about such models.
  if (!opens && /<think(?:ing)?>/i.test(inside)) return text
  return trimmed.slice(close.index + close[0].length).trimStart()
}
