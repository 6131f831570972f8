"""What courses write: a frozen MobileNetV2 of Keras, trained on a folder of pictures.

python benchmarks/programs/course.py PICTURES MODEL.keras [EPOCHS]
"""

from __future__ import annotations

import sys

import keras

SIZE = (224, 224)
SPLIT = {"validation_split": 0.2, "seed": 7, "image_size": SIZE, "batch_size": 32}


def main(folder: str, output: str, epochs: int) -> None:
    """Train as Keras' guide to transfer learning does, and save."""
    train = keras.utils.image_dataset_from_directory(folder, subset="training", **SPLIT)
    val = keras.utils.image_dataset_from_directory(folder, subset="validation", **SPLIT)
    base = keras.applications.MobileNetV2(include_top=False, input_shape=(*SIZE, 3))
    base.trainable = False
    inputs = keras.Input((*SIZE, 3))
    values = keras.layers.RandomFlip("horizontal")(inputs)
    values = keras.layers.Rescaling(1 / 127.5, -1)(values)
    values = keras.layers.GlobalAveragePooling2D()(base(values, training=False))
    values = keras.layers.Dropout(0.2)(values)
    outputs = keras.layers.Dense(len(train.class_names), activation="softmax")(values)
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train.prefetch(2), validation_data=val.prefetch(2), epochs=epochs, verbose=2)
    model.save(output)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if sys.argv[3:] else 5)
