export function Notice() { return <section aria-label="" />; }
