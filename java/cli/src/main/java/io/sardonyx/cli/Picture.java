package io.sardonyx.cli;

import io.sardonyx.tensor.Tensor;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** A picture in RGB, from a file and to a file. */
record Picture(BufferedImage image) {
    private static final int STROKE = 3;
    private static final int LETTERS = 16;

    static {
        System.setProperty("java.awt.headless", "true");
    }

    static Picture read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("there is no file " + file);
        }
        try {
            BufferedImage image = ImageIO.read(file.toFile());
            if (image == null) {
                throw new IllegalArgumentException(
                        file + " is no picture that Java reads: " + String.join(", ", ImageIO.getReaderFileSuffixes()));
            }
            return blank(image.getWidth(), image.getHeight(), Color.WHITE)
                    .paint(image, 0, 0, image.getWidth(), image.getHeight());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read as a picture: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException unless {@link #write} knows the format that the file's name ends with */
    static void requireFormat(Path file) {
        if (!ImageIO.getImageWritersBySuffix(suffix(file)).hasNext()) {
            throw new IllegalArgumentException(file + ": Java writes no picture of the format '" + suffix(file)
                    + "', but " + String.join(", ", ImageIO.getWriterFileSuffixes()));
        }
    }

    private static String suffix(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** In the format that the file's name ends with. */
    void write(Path file) {
        requireFormat(file);
        try {
            ImageIO.write(image, suffix(file), file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    int width() {
        return image.getWidth();
    }

    int height() {
        return image.getHeight();
    }

    private static Picture blank(int width, int height, Color color) {
        Picture picture = new Picture(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB));
        Graphics2D g = picture.image.createGraphics();
        g.setColor(color);
        g.fillRect(0, 0, width, height);
        g.dispose();
        return picture;
    }

    private Picture paint(BufferedImage other, int x, int y, int width, int height) {
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        g.drawImage(other, x, y, width, height, null);
        g.dispose();
        return this;
    }

    /** Scaled to cover this size, what hangs over cut off on both sides. */
    Picture covering(int width, int height) {
        double scale = Math.max((double) width / width(), (double) height / height());
        int w = (int) Math.ceil(width() * scale);
        int h = (int) Math.ceil(height() * scale);
        return blank(width, height, Color.BLACK).paint(image, (width - w) / 2, (height - h) / 2, w, h);
    }

    /** How much {@link #within} shrinks it. */
    double scaleWithin(int width, int height) {
        return Math.min((double) width / width(), (double) height / height());
    }

    /** Scaled to fit in this size, in its upper left corner; the rest is of one grey. */
    Picture within(int width, int height, int grey) {
        double scale = scaleWithin(width, height);
        return blank(width, height, new Color(grey, grey, grey))
                .paint(image, 0, 0, (int) (width() * scale), (int) (height() * scale));
    }

    /** Scaled to this size, whatever its proportions. */
    Picture stretched(int width, int height) {
        return blank(width, height, Color.BLACK).paint(image, 0, 0, width, height);
    }

    /** Red, green and blue from 0 to 255: float32[height, width, 3]. */
    Tensor pixels() {
        int[] packed = image.getRGB(0, 0, width(), height(), null, 0, width());
        float[] values = new float[3 * packed.length];
        for (int i = 0; i < packed.length; i++) {
            values[3 * i] = packed[i] >> 16 & 255;
            values[3 * i + 1] = packed[i] >> 8 & 255;
            values[3 * i + 2] = packed[i] & 255;
        }
        return Tensor.of(values, height(), width(), 3);
    }

    /** Draws a frame, with words above its upper left corner. */
    void frame(float left, float top, float right, float bottom, String words, Color color) {
        Graphics2D g = image.createGraphics();
        g.setColor(color);
        g.setStroke(new BasicStroke(STROKE));
        g.drawRect(Math.round(left), Math.round(top), Math.round(right - left), Math.round(bottom - top));
        g.setFont(g.getFont().deriveFont((float) LETTERS));
        int line = g.getFontMetrics().getHeight();
        int y = Math.max(Math.round(top) - line, 0);
        g.fillRect(Math.round(left), y, g.getFontMetrics().stringWidth(words) + 2 * STROKE, line);
        g.setColor(Color.WHITE);
        g.drawString(words, Math.round(left) + STROKE, y + g.getFontMetrics().getAscent());
        g.dispose();
    }
}
