export function Sidebar() { return <section aria-label="Runs" />; }
