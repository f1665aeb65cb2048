export function TimelineView() { return <section aria-label="Timeline" />; }
