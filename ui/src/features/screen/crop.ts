import { pixels, type Region } from "./region";

/** A part of a picture, as a PNG. */
export async function crop(picture: HTMLImageElement, region: Region): Promise<Blob> {
  const size = { width: picture.naturalWidth, height: picture.naturalHeight };
  const { x, y, width, height } = pixels(region, size);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(picture, x, y, width, height, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("This part of the picture cannot be cut out."));
    }, "image/png");
  });
}
