"""The live server: frames come while they are being filmed, and are answered at once.

It is called by its public function's verb in another form: a room `serve` would hide the function
`vidclf.serve`.
"""
