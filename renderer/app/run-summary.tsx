export function RunSummary() { return <section aria-label="" />; }
