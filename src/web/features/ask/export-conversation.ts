import type { Conversation, Turn } from '../../data/ask-types.ts'

const MOST_NAME = 60

/** Saves a conversation as Markdown, with the passages its answers rest on. */
export function exportConversation(conversation: Conversation): void {
  const text = conversationAsMarkdown(conversation)
  const url = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${conversation.title.replaceAll(/[\\/:*?"<>|]/g, ' ').slice(0, MOST_NAME)}.md`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

export function conversationAsMarkdown({ title, turns }: Conversation): string {
  return [`# ${title}`, ...turns.map(turnAsMarkdown)].join('\n\n')
}

function turnAsMarkdown({ question, answer, references, askedAt }: Turn): string {
  const sources = references.flatMap(({ reference_id: id, file_path: file, content = [] }) => [
    `- [${id}] ${file}`,
    ...content.map((passage) => `  > ${passage.replaceAll('\n', '\n  > ')}`),
  ])
  return [`## ${question}`, `*${askedAt}*`, answer, sources.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n')
}
