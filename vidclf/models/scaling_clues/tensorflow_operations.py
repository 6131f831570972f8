"""What TensorFlow's operations do to a picture, by their names, and how constants are computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vidclf.models.scaling_clues.walk import Role

_PASSES = """
AvgPool AvgPool3D BatchToSpaceND BroadcastTo Cast CheckNumerics DepthToSpace EnsureShape ExpandDims
ExtractImagePatches Gather GatherNd GatherV2 Identity Max MaxPool MaxPool3D MaxPoolV2 Mean MirrorPad
Pad PadV2 PlaceholderWithDefault PreventGradient Reshape ResizeArea ResizeBicubic ResizeBilinear
ResizeNearestNeighbor Reverse ReverseV2 Roll ScaleAndTranslate Slice Snapshot SpaceToBatchND
SpaceToDepth SplitV Squeeze StopGradient StridedSlice TensorListFromTensor TensorListGetItem
TensorListStack Tile Transpose Unpack
"""
_JOINS = "ConcatV2 Concat IdentityN Pack ParallelConcat Split TensorListSetItem"
_LOOKS = "OnesLike Rank Shape ShapeN Size TensorListLength ZerosLike"
_LEARNS = """
BatchMatMul BatchMatMulV2 BatchMatMulV3 Conv Conv2D Conv2DBackpropInput Conv2DBackpropInputV2
Conv3D Conv3DBackpropInput Conv3DBackpropInputV2 CudnnRNN CudnnRNNV2 CudnnRNNV3
DepthwiseConv2dNative Einsum FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 MatMul
"""
_ARITHMETIC: Mapping[str, Role] = {
    "Add": "add", "AddV2": "add", "BiasAdd": "add", "Sub": "subtract", "Mul": "multiply",
    "RealDiv": "divide", "Div": "divide", "DivNoNan": "divide",
}  # fmt: skip
ROLES: Mapping[str, Role] = {
    **dict.fromkeys(_PASSES.split(), "passes"),
    **dict.fromkeys(_JOINS.split(), "joins"),
    **dict.fromkeys(_LOOKS.split(), "looks"),
    **dict.fromkeys(_LEARNS.split(), "learns"),
    **_ARITHMETIC,
}
"""Those that are not here are not understood. In a network's inference no operation of `passes`
gives numbers of another range than it takes, but for zeros at the margins."""

VARIABLES = frozenset({"ReadVariableOp", "VarHandleOp", "Variable", "VariableV2"})
"""Operations that give weights."""

SAME_NUMBERS = frozenset(
    {"BroadcastTo", "Cast", "ExpandDims", "Identity", "Reshape", "Squeeze", "Tile", "Transpose"}
)
"""Operations whose constant is that of their first input; per-channel numbers keep their place."""

_Compute = Callable[..., Any]
COMPUTE: Mapping[str, _Compute] = {
    "Add": np.add,
    "AddV2": np.add,
    "Div": np.divide,
    "Maximum": np.maximum,
    "Minimum": np.minimum,
    "Mul": np.multiply,
    "Neg": np.negative,
    "RealDiv": np.divide,
    "Reciprocal": np.reciprocal,
    "Rsqrt": lambda x: 1 / np.sqrt(x),
    "Sqrt": np.sqrt,
    "Square": np.square,
    "Sub": np.subtract,
}
"""How an operation's constant follows from its constant inputs of one or three numbers."""
