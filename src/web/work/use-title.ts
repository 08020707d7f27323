import { useEffect } from 'react'

const NAME = 'TenantRAG'

/** What stands on the tab: the page, and the knowledge base. No tenant is named there. */
export function useTitle(...parts: readonly string[]): void {
  const title = [...parts, NAME].filter((part) => part !== '').join(' · ')
  useEffect(() => {
    document.title = title
  }, [title])
}
