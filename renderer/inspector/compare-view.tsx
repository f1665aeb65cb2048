export function CompareView() { return <section aria-label="Compare" />; }
