// "Use my position": shown only where a browser can tell it; the page works without it.
// <p data-position="/public/report/" data-refused="..." hidden><button type="button">...</button></p>
export function position() {
  const box = document.querySelector("[data-position]");
  if (!box || !("geolocation" in navigator)) return;
  const button = box.querySelector("button");
  box.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const query = new URLSearchParams({ lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6) });
        window.location.assign(`${box.dataset.position}?${query}`);
      },
      () => {
        box.textContent = box.dataset.refused;
        box.setAttribute("role", "status");
      },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
}
